/**
 * PyTorch's documented names by namespace, except those about sparse, complex and quantized tensors. They fill the
 * tables of the guide "Coming from PyTorch", and the search finds them next to Akari's own names. A PyTorch name that
 * is added to Akari needs no entry here.
 */

const listed = {
  torch: `
    Generator abs absolute acos acosh adaptive_avg_pool1d add addbmm addcdiv addcmul addmm addmv addr adjoint all allclose amax amin
    aminmax angle any arange arccos arccosh arcsin arcsinh arctan arctan2 arctanh argmax argmin argsort argwhere as_strided
    as_strided_scatter as_tensor asarray asin asinh atan atan2 atanh atleast_1d atleast_2d atleast_3d avg_pool1d baddbmm
    bartlett_window batch_norm bernoulli bilinear binomial bincount bitwise_and bitwise_left_shift bitwise_not bitwise_or bitwise_right_shift
    bitwise_xor blackman_window block_diag bmm broadcast_shapes broadcast_tensors broadcast_to bucketize can_cast cartesian_prod cat
    cdist ceil celu celu_ chain_matmul channel_shuffle cholesky cholesky_inverse cholesky_solve chunk clamp clip clone column_stack combinations compile complex concat
    concatenate conj conv1d conv2d conv3d conv_transpose1d conv_transpose2d conv_transpose3d copysign corrcoef cos cosh cosine_similarity
    count_nonzero cov cross cummax cummin cumprod cumsum cumulative_trapezoid deg2rad det diag diag_embed diagflat diagonal
    diagonal_scatter diff digamma dist div divide dot dropout dsplit dstack einsum embedding empty empty_like empty_strided
    enable_grad eq equal erf erfc erfinv exp exp2 expm1 eye finfo fix flatten flip fliplr flipud float_power floor floor_divide fmax fmin
    fmod frac frexp from_numpy frombuffer full full_like gather gcd ge geqrf ger get_default_dtype get_float32_matmul_precision
    get_num_threads get_rng_state gradient greater greater_equal group_norm gt hamming_window hann_window hardshrink heaviside histc
    histogram histogramdd hsplit hstack hypot i0 igamma igammac iinfo imag index_add index_copy index_reduce index_select initial_seed inner
    instance_norm inverse is_complex is_floating_point is_grad_enabled is_nonzero is_storage is_tensor isclose isfinite isin isinf
    isnan isneginf isposinf isreal istft kaiser_window kron kthvalue layer_norm lcm ldexp le lerp less less_equal lgamma linspace load
    log log10 log1p log2 log_softmax logaddexp logaddexp2 logcumsumexp logdet logical_and logical_not logical_or logical_xor logit
    logspace logsumexp lt lu lu_solve lu_unpack manual_seed masked_select matmul matrix_exp matrix_power max maximum mean median meshgrid min
    minimum mm mode moveaxis movedim msort mul multinomial multiply mv mvlgamma nan_to_num nanmean nanmedian nanquantile nansum narrow
    ne neg negative nextafter no_grad nonzero norm normal not_equal numel ones ones_like ormqr outer pairwise_distance pca_lowrank pdist
    permute
    pinverse pixel_shuffle pixel_unshuffle poisson polar polygamma positive pow prelu prod promote_types qr quantile rad2deg rand
    rand_like randint randint_like randn randn_like randperm ravel real reciprocal relu relu_ remainder renorm repeat_interleave
    reshape result_type rms_norm roll rot90 round row_stack rrelu rrelu_ rsqrt save scatter scatter_add scatter_reduce searchsorted
    seed select select_scatter selu selu_ set_default_device set_default_dtype set_default_tensor_type set_float32_matmul_precision
    set_grad_enabled set_num_threads set_printoptions set_rng_state sgn sigmoid sign signbit sin sinc sinh slice_scatter slogdet
    softmax sort split sqrt square squeeze stack std std_mean stft sub subtract sum svd svd_lowrank swapaxes swapdims t take
    take_along_dim tan
    tanh tensor tensor_split tensordot threshold_ tile topk trace transpose trapezoid trapz tril tril_indices triu triu_indices triangular_solve
    true_divide trunc unbind unravel_index unflatten unique unique_consecutive unsqueeze vander var var_mean vdot view_as_complex view_as_real
    vsplit vstack where xlogy zeros zeros_like
  `,
  "torch.Tensor": `
    H T abs abs_ absolute absolute_ acos acos_ acosh acosh_ add add_ addbmm addbmm_ addcdiv addcdiv_ addcmul addcmul_ addmm addmm_
    addmv addmv_ addr addr_ adjoint all allclose amax amin aminmax angle any apply_ arccos arccos_ arccosh arccosh_ arcsin arcsin_
    arcsinh arcsinh_ arctan arctan2 arctan2_ arctan_ arctanh arctanh_ argmax argmin argsort argwhere as_strided as_strided_scatter
    asin asin_ asinh asinh_ atan atan2 atan2_ atan_ atanh atanh_ backward baddbmm baddbmm_ bernoulli bernoulli_ bfloat16 bincount
    bitwise_and bitwise_and_ bitwise_left_shift bitwise_left_shift_ bitwise_not bitwise_not_ bitwise_or bitwise_or_
    bitwise_right_shift bitwise_right_shift_ bitwise_xor bitwise_xor_ bmm bool broadcast_to byte cauchy_ ceil ceil_ char cholesky
    chunk clamp clamp_ clip clip_ clone contiguous copy_ copysign copysign_ corrcoef cos cos_ cosh cosh_ count_nonzero cov cpu cross
    cuda cummax cummin cumprod cumprod_ cumsum cumsum_ data data_ptr deg2rad deg2rad_ det detach detach_ device diag diag_embed
    diagflat diagonal diagonal_scatter diff digamma digamma_ dim dist div div_ divide divide_ dot double dsplit dtype element_size eq
    eq_ equal erf erf_ erfc erfc_ erfinv erfinv_ exp exp2 exp2_ exp_ expand expand_as expm1 expm1_ exponential_ fill_ fill_diagonal_
    fix fix_ flatten flip fliplr flipud float float_power float_power_ floor floor_ floor_divide floor_divide_ fmax fmin fmod fmod_
    frac frac_ frexp gather gcd gcd_ ge ge_ geometric_ ger get_device grad grad_fn greater greater_ greater_equal greater_equal_ gt
    gt_ half hardshrink heaviside heaviside_ histc histogram hsplit hypot hypot_ i0 i0_ igamma igamma_ igammac igammac_ imag index_add
    index_add_ index_copy index_copy_ index_fill index_fill_ index_put index_put_ index_reduce_ index_select inner int inverse
    is_complex is_contiguous is_floating_point is_leaf is_signed isclose isfinite isinf isnan isneginf isposinf isreal istft item
    itemsize kron kthvalue lcm lcm_ ldexp ldexp_ le le_ lerp lerp_ less less_ less_equal less_equal_ lgamma lgamma_ log log10 log10_
    log1p log1p_ log2 log2_ log_ log_normal_ log_softmax logaddexp logaddexp2 logcumsumexp logdet logical_and logical_and_ logical_not
    logical_not_ logical_or logical_or_ logical_xor logical_xor_ logit logit_ logsumexp long lt lt_ lu lu_solve mH mT masked_fill
    masked_fill_ masked_scatter masked_scatter_ masked_select matmul matrix_exp matrix_power max maximum mean median min minimum mm
    mode moveaxis movedim msort mul mul_ multinomial multiply multiply_ mv mvlgamma mvlgamma_ nan_to_num nan_to_num_ nanmean nanmedian
    nanquantile nansum narrow nbytes ndim ndimension ne ne_ neg neg_ negative negative_ nelement new_empty new_empty_strided new_full
    new_ones new_tensor new_zeros nextafter nextafter_ nonzero norm normal_ not_equal not_equal_ numel numpy outer permute pinverse
    polygamma polygamma_ positive pow pow_ prod put put_ qr quantile rad2deg rad2deg_ random_ ravel real reciprocal reciprocal_
    register_hook register_post_accumulate_grad_hook relu relu_ remainder remainder_ renorm renorm_ repeat repeat_interleave requires_grad requires_grad_ reshape
    reshape_as resize_ resize_as_ retain_grad retains_grad roll rot90 round round_ rsqrt rsqrt_ scatter scatter_ scatter_add
    scatter_add_ scatter_reduce scatter_reduce_ select select_scatter set_ sgn sgn_ shape share_memory_ short sigmoid sigmoid_ sign
    sign_ signbit sin sin_ sinc sinc_ sinh sinh_ size slice_scatter slogdet softmax sort split sqrt sqrt_ square square_ squeeze
    squeeze_ std stft storage storage_offset stride sub sub_ subtract subtract_ sum sum_to_size svd swapaxes swapaxes_ swapdims
    swapdims_ t t_ take take_along_dim tan tan_ tanh tanh_ tensor_split tile to to_dense tolist topk trace transpose transpose_ tril
    tril_ triu triu_ true_divide true_divide_ trunc trunc_ type type_as unbind unflatten unfold uniform_ unique unique_consecutive
    unsqueeze unsqueeze_ values var vdot view view_as vsplit where xlogy xlogy_ zero_
  `,
  "torch.nn": `
    AdaptiveAvgPool1d AdaptiveAvgPool2d AdaptiveAvgPool3d AdaptiveLogSoftmaxWithLoss AdaptiveMaxPool1d AdaptiveMaxPool2d
    AdaptiveMaxPool3d AlphaDropout AvgPool1d AvgPool2d AvgPool3d BCELoss BCEWithLogitsLoss BatchNorm1d BatchNorm2d BatchNorm3d
    Bilinear CELU CTCLoss ChannelShuffle CircularPad1d CircularPad2d CircularPad3d ConstantPad1d ConstantPad2d ConstantPad3d Conv1d
    Conv2d Conv3d ConvTranspose1d ConvTranspose2d ConvTranspose3d CosineEmbeddingLoss CosineSimilarity CrossEntropyLoss CrossMapLRN2d
    DataParallel Dropout Dropout1d Dropout2d Dropout3d ELU Embedding EmbeddingBag FeatureAlphaDropout Flatten Fold FractionalMaxPool2d
    FractionalMaxPool3d GELU GLU GRU GRUCell GaussianNLLLoss GroupNorm Hardshrink Hardsigmoid Hardswish Hardtanh HingeEmbeddingLoss
    HuberLoss Identity InstanceNorm1d InstanceNorm2d InstanceNorm3d KLDivLoss L1Loss LPPool1d LPPool2d LSTM LSTMCell LayerNorm
    LazyBatchNorm1d LazyBatchNorm2d LazyBatchNorm3d LazyConv1d LazyConv2d LazyConv3d LazyConvTranspose1d LazyConvTranspose2d
    LazyConvTranspose3d LazyInstanceNorm1d LazyInstanceNorm2d LazyInstanceNorm3d LazyLinear
    LeakyReLU Linear LocalResponseNorm LogSigmoid LogSoftmax MSELoss MarginRankingLoss MaxPool1d MaxPool2d MaxPool3d MaxUnpool1d
    MaxUnpool2d MaxUnpool3d Mish Module ModuleDict ModuleList MultiLabelMarginLoss MultiLabelSoftMarginLoss MultiMarginLoss
    MultiheadAttention NLLLoss PReLU PairwiseDistance Parameter ParameterDict ParameterList PixelShuffle PixelUnshuffle PoissonNLLLoss
    RMSNorm RNN RNNCell RReLU ReLU ReLU6 ReflectionPad1d ReflectionPad2d ReflectionPad3d ReplicationPad1d ReplicationPad2d
    ReplicationPad3d SELU Sequential SiLU Sigmoid SmoothL1Loss SoftMarginLoss Softmax Softmax2d Softmin Softplus Softshrink Softsign
    SyncBatchNorm Tanh Tanhshrink Threshold Transformer TransformerDecoder TransformerDecoderLayer TransformerEncoder
    TransformerEncoderLayer TripletMarginLoss TripletMarginWithDistanceLoss Unflatten Unfold Upsample UpsamplingBilinear2d
    UpsamplingNearest2d ZeroPad1d ZeroPad2d ZeroPad3d
  `,
  "torch.nn.functional": `
    adaptive_avg_pool1d adaptive_avg_pool2d adaptive_avg_pool3d adaptive_max_pool1d adaptive_max_pool2d adaptive_max_pool3d
    affine_grid alpha_dropout avg_pool1d avg_pool2d avg_pool3d batch_norm bilinear binary_cross_entropy
    binary_cross_entropy_with_logits celu celu_ channel_shuffle conv1d conv2d conv3d conv_transpose1d conv_transpose2d
    conv_transpose3d cosine_embedding_loss cosine_similarity cross_entropy ctc_loss dropout dropout1d dropout2d dropout3d elu elu_
    embedding embedding_bag feature_alpha_dropout fold fractional_max_pool2d fractional_max_pool3d gaussian_nll_loss gelu glu
    grid_sample group_norm gumbel_softmax hardshrink hardsigmoid hardswish hardtanh hardtanh_ hinge_embedding_loss huber_loss
    instance_norm interpolate kl_div l1_loss layer_norm leaky_relu leaky_relu_ linear local_response_norm log_softmax logsigmoid
    lp_pool1d lp_pool2d margin_ranking_loss max_pool1d max_pool2d max_pool3d max_unpool1d max_unpool2d max_unpool3d mish mse_loss
    multi_head_attention_forward multi_margin_loss multilabel_margin_loss multilabel_soft_margin_loss nll_loss normalize one_hot pad
    pairwise_distance pdist pixel_shuffle pixel_unshuffle poisson_nll_loss prelu relu relu6 relu_ rms_norm rrelu rrelu_
    scaled_dot_product_attention selu selu_ sigmoid silu smooth_l1_loss soft_margin_loss softmax softmin softplus softshrink softsign
    tanh tanhshrink threshold threshold_ triplet_margin_loss triplet_margin_with_distance_loss unfold
  `,
  "torch.nn.init": `
    calculate_gain constant_ dirac_ eye_ kaiming_normal_ kaiming_uniform_ normal_ ones_ orthogonal_ sparse_ trunc_normal_ uniform_
    xavier_normal_ xavier_uniform_ zeros_
  `,
  "torch.nn.utils": `
    clip_grad_norm_ clip_grad_value_ clip_grads_with_norm_ fuse_conv_bn_eval fuse_linear_bn_eval get_total_norm parameters_to_vector remove_spectral_norm remove_weight_norm skip_init spectral_norm
    vector_to_parameters weight_norm
  `,
  "torch.nn.utils.parametrizations": `
    orthogonal spectral_norm weight_norm
  `,
  "torch.nn.utils.parametrize": `
    cached is_parametrized register_parametrization remove_parametrizations
  `,
  "torch.nn.utils.prune": `
    BasePruningMethod CustomFromMask Identity L1Unstructured LnStructured PruningContainer RandomStructured RandomUnstructured
    custom_from_mask global_unstructured identity is_pruned l1_unstructured ln_structured random_structured random_unstructured remove
  `,
  "torch.nn.utils.rnn": `
    PackedSequence pack_padded_sequence pack_sequence pad_packed_sequence pad_sequence unpack_sequence unpad_sequence
  `,
  "torch.optim": `
    ASGD Adadelta Adafactor Adagrad Adam AdamW Adamax LBFGS Muon NAdam Optimizer RAdam RMSprop Rprop SGD SparseAdam
  `,
  "torch.optim.lr_scheduler": `
    ChainedScheduler ConstantLR CosineAnnealingLR CosineAnnealingWarmRestarts CyclicLR ExponentialLR LRScheduler LambdaLR LinearLR
    MultiStepLR MultiplicativeLR OneCycleLR PolynomialLR ReduceLROnPlateau SequentialLR StepLR
  `,
  "torch.optim.swa_utils": `
    AveragedModel SWALR get_ema_avg_fn get_swa_avg_fn update_bn`,
  "torch.utils.data": `
    BatchSampler ChainDataset ConcatDataset DataLoader Dataset DistributedSampler IterableDataset RandomSampler Sampler
    SequentialSampler StackDataset Subset SubsetRandomSampler TensorDataset WeightedRandomSampler default_collate default_convert
    get_worker_info random_split
  `,
  "torch.utils.checkpoint": `
    checkpoint checkpoint_sequential set_checkpoint_debug_enabled set_checkpoint_early_stop
  `,
  "torch.linalg": `
    cholesky cholesky_ex cond cross det diagonal eig eigh eigvals eigvalsh householder_product inv inv_ex ldl_factor ldl_factor_ex
    ldl_solve lstsq lu lu_factor lu_factor_ex lu_solve matmul matrix_exp matrix_norm matrix_power matrix_rank multi_dot norm pinv qr
    slogdet solve solve_ex solve_triangular svd svdvals tensorinv tensorsolve vander vecdot vector_norm
  `,
  "torch.special": `
    airy_ai bessel_j0 bessel_j1 bessel_y0 bessel_y1 chebyshev_polynomial_t chebyshev_polynomial_u chebyshev_polynomial_v
    chebyshev_polynomial_w digamma entr erf erfc erfcx erfinv exp2 expit expm1 gammainc gammaincc gammaln hermite_polynomial_h
    hermite_polynomial_he i0 i0e i1 i1e laguerre_polynomial_l legendre_polynomial_p log1p log_ndtr log_softmax logit logsumexp
    modified_bessel_i0 modified_bessel_i1 modified_bessel_k0 modified_bessel_k1 multigammaln ndtr ndtri polygamma psi round
    scaled_modified_bessel_k0 scaled_modified_bessel_k1 shifted_chebyshev_polynomial_t shifted_chebyshev_polynomial_u
    shifted_chebyshev_polynomial_v shifted_chebyshev_polynomial_w sinc softmax spherical_bessel_j0 xlog1py xlogy zeta
  `,
  "torch.autograd": `
    Function FunctionCtx backward detect_anomaly grad gradcheck gradgradcheck set_detect_anomaly
  `,
  "torch.testing": `
    assert_allclose assert_close make_tensor
  `,
  "torch.autograd.graph": `
    GradientEdge Node allow_mutation_on_saved_tensors disable_saved_tensors_hooks get_gradient_edge increment_version
    register_multi_grad_hook save_on_cpu saved_tensors_hooks
  `,
  "torch.autograd.functional": `
    hessian hvp jacobian jvp vhp vjp
  `,
  "torch.func": `
    functional_call grad grad_and_value hessian jacfwd jacrev jvp linearize stack_module_state vjp vmap
  `,
  "torch.distributions": `
    AbsTransform AffineTransform Bernoulli Beta Binomial CatTransform Categorical Cauchy Chi2 ComposeTransform ContinuousBernoulli
    CorrCholeskyTransform CumulativeDistributionTransform Dirichlet Distribution ExpTransform Exponential ExponentialFamily
    FisherSnedecor Gamma Geometric Gumbel HalfCauchy HalfNormal Independent IndependentTransform InverseGamma Kumaraswamy LKJCholesky
    Laplace LogNormal LogisticNormal LowRankMultivariateNormal LowerCholeskyTransform MixtureSameFamily Multinomial MultivariateNormal
    NegativeBinomial Normal OneHotCategorical OneHotCategoricalStraightThrough Pareto Poisson PowerTransform RelaxedBernoulli
    RelaxedOneHotCategorical ReshapeTransform SigmoidTransform SoftmaxTransform SoftplusTransform StackTransform
    StickBreakingTransform StudentT TanhTransform Transform TransformedDistribution Uniform VonMises Weibull Wishart kl_divergence
    register_kl
  `,
  "torch.fft": `
    fft fft2 fftfreq fftn fftshift hfft hfft2 hfftn ifft ifft2 ifftn ifftshift ihfft ihfft2 ihfftn irfft irfft2 irfftn rfft rfft2
    rfftfreq rfftn
  `,
  "torchvision.datasets": `
    MNIST FashionMNIST KMNIST CIFAR10 ImageFolder
  `,
  "torchvision.transforms": `
    CenterCrop Compose Lambda Normalize RandomAffine RandomCrop RandomHorizontalFlip RandomRotation RandomVerticalFlip Resize ToTensor
  `,
};

/** A namespace of PyTorch: `torch.nn.functional`. */
export type Namespace = keyof typeof listed;

// Safe: the keys of a literal.
const namespaces = Object.keys(listed) as Namespace[];

/** The names of each namespace, in their order. */
export const pytorchNames: ReadonlyMap<Namespace, readonly string[]> = new Map(
  namespaces.map((namespace) => [namespace, listed[namespace].trim().split(/\s+/)]),
);
